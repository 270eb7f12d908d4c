"""A process that stays and answers for `zaplint`: the client, which loads in milliseconds, and the
server.
"""
