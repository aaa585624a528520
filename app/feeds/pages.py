"""What the feeds' pages share."""

from flask import Blueprint

blueprint = Blueprint("feeds", __name__)
