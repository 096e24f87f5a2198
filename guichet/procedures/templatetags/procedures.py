"""In templates of this room: `{% address draft "check" %}`, wherever that draft is filled in."""

from django import template

from guichet.procedures import addresses

register = template.Library()
register.simple_tag(addresses.of, name="address")
