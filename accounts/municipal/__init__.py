"""Login by the municipality's identity provider: what is configured, what it says of somebody, and how it is asked.

`logins` reads the file, `openid` and `saml` ask and check the answer, `claims` turns it into a municipality and roles.
`accounts.services.municipal` lets somebody in.
"""
