"""What the supervisor's pages share."""

from flask import Blueprint

blueprint = Blueprint("teams", __name__)
