"""The computed results and the claims of the papers this work began with, each beside ours."""
