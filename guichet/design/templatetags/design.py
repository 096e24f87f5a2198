"""Components that wrap content, and the few filters that pages need."""

from django import template

register = template.Library()
