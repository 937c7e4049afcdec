"""HTTP of this room: find, ask the rules, call one action, answer."""
