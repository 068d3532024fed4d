"""A WeChat that tests own: see desk.demo_wechat, which ships so that anyone can try the channel."""

from desk.demo_wechat.phones import Phone
from desk.demo_wechat.pushes import Delivery, Mischief, Sender
from desk.demo_wechat.server import Server
from desk.demo_wechat.world import World, sample_picture

__all__ = ["Delivery", "Mischief", "Phone", "Sender", "Server", "World", "sample_picture"]
