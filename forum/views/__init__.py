"""HTTP only: find, bind, call one action, answer."""
