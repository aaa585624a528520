"""The application, for a WSGI server."""

from app.common.clock import utc_now
from app.factory import create_app
from app.security.sealing import make_ready

application = create_app()
make_ready(application.extensions["engine"], application.extensions["key_store"], now=utc_now())
