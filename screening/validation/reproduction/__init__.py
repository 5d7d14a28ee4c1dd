"""The computed results and the claims of the papers this work began with, compared with ours."""
