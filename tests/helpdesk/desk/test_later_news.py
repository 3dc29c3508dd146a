"""News that wait a moment for each other."""

import asyncio

from helpdesk.desk.later_news import WITHIN, LaterNews


async def test_what_comes_in_one_moment_is_sent_together_and_what_comes_afterwards_again():
    sent: asyncio.Queue[list[dict]] = asyncio.Queue()
    news = LaterNews(sent.put)
    news.add([{"seq": 1}])
    news.add([])
    news.add([{"seq": 2}, {"seq": 3}])
    assert await asyncio.wait_for(sent.get(), 10) == [{"seq": 1}, {"seq": 2}, {"seq": 3}]
    news.add([{"seq": 4}])
    assert await asyncio.wait_for(sent.get(), 10) == [{"seq": 4}]


async def test_nothing_is_sent_of_nothing_or_after_the_end():
    sent: asyncio.Queue[list[dict]] = asyncio.Queue()
    news = LaterNews(sent.put)
    news.add([])
    assert news.due is None
    news.add([{"seq": 1}])
    news.stop()
    last = LaterNews(sent.put)
    last.add([{"seq": 2}])  # due after what was stopped
    assert last.due.when() - asyncio.get_running_loop().time() <= WITHIN
    assert await asyncio.wait_for(sent.get(), 10) == [{"seq": 2}]
    assert sent.empty()
