"""What the pages share."""

from flask import Blueprint

blueprint = Blueprint("retention", __name__)
