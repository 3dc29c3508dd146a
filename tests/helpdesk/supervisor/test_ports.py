"""Ports: told once each, and never one that somebody has."""

import socket
from contextlib import closing

from helpdesk.supervisor.ports import free_port, is_free


def test_no_port_is_told_twice_although_nothing_listens_there_yet():
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(is_free("127.0.0.1", port) for port in ports)


def test_a_port_that_somebody_has_is_not_told():
    with closing(socket.socket()) as taken:
        following = free_port() + 1
        while not is_free("127.0.0.1", following):
            following = free_port() + 1
        taken.bind(("127.0.0.1", following))
        taken.listen()
        assert free_port() != following
