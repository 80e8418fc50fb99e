"""A bad link: what is sent into a tun device comes back after a while, as if its receiver had sent it; or it doesn't.
What is sent to 10.9.0.9, or by the traffic class 0x48, never does.

Source and destination are exchanged, which leaves the checksums of IP and TCP as they are: so one machine with one
address is both ends.
"""
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

LOSS = 0.05
DELAY = (0.005, 0.02)  # seconds; so packets also overtake each other

NOWHERE = bytes([10, 9, 0, 9])
LOST_CLASS = 0x48

IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
TUNSETIFF = 0x400454CA


def open_tun(name):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def arrives(packet):
    if packet[0] >> 4 != 4 or packet[1] == LOST_CLASS or packet[16:20] == NOWHERE:
        return False
    return random.random() >= LOSS


def main():
    tun = open_tun(sys.argv[1])
    under_way = []
    while True:
        patience = max(0, under_way[0][0] - time.monotonic()) if under_way else None
        if select.select([tun], [], [], patience)[0]:
            packet = os.read(tun, 65536)
            if arrives(packet):
                back = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
                heapq.heappush(under_way, (time.monotonic() + random.uniform(*DELAY), id(back), back))
        while under_way and under_way[0][0] <= time.monotonic():
            os.write(tun, heapq.heappop(under_way)[2])


main()
