"""The secret images: sixteen objects in twelve colours."""

COUNT = 192
