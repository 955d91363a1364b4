"""MiniHack's levels and NetHack itself, in words."""
