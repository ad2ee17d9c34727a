"""Words and numbers on screen: language, formats, and the one escape for people's text."""
