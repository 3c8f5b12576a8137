"""How properties are tried here."""

from hypothesis import settings

# A machine that is busy with other tests is slow, and no property is broken by that.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
