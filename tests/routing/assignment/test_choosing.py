"""To whom a ticket goes, of those who are there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.assignment.choosing import Candidate, Want, choose

CHANNELS = ("email", "webchat", "telegram")


def dana(pk: int = 1, **known: object) -> Candidate:
    known = {"capacity": 6, "weights": {"email": 1, "webchat": 3}, "departments": frozenset({1})} | known
    return Candidate(id=pk, name=f"Agent {pk}", **known)


def test_the_least_full_in_proportion_gets_it_and_not_the_one_with_the_fewest():
    part_time, full_time = dana(1, capacity=4, load=2), dana(2, capacity=20, load=3)
    assert choose([part_time, full_time], Want(1, "email")).agent is full_time


def test_of_two_alike_it_goes_to_whom_nothing_came_for_longer():
    assert choose([dana(1, given_at=200), dana(2, given_at=100)], Want(1, "email")).agent.id == 2


def test_the_last_agent_comes_first_but_not_beyond_their_capacity():
    busy, free = dana(1, load=4), dana(2)
    assert choose([busy, free], Want(1, "email", last_agent=1)).agent is busy
    assert choose([busy, free], Want(1, "webchat", last_agent=1)).agent is free


def test_a_skill_is_needed_and_a_channel_has_to_be_served():
    assert choose([dana(1)], Want(1, "email", skill=7)) is None
    assert choose([dana(1, skills=frozenset({7}))], Want(1, "email", skill=7)).why == "skilled"
    assert choose([dana(1, channels=frozenset({"webchat"}))], Want(1, "email")) is None


def test_who_let_it_pass_gets_it_again_only_where_nobody_else_can():
    assert choose([dana(1), dana(2, load=5)], Want(1, "email", missed=frozenset({1}))).agent.id == 2
    assert choose([dana(1)], Want(1, "email", missed=frozenset({1}))).agent.id == 1


people = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 10**6),
        name=st.just("Dana"),
        capacity=st.integers(1, 20),
        weights=st.fixed_dictionaries({channel: st.integers(1, 5) for channel in CHANNELS}),
        departments=st.frozensets(st.integers(1, 3), max_size=3),
        skills=st.frozensets(st.integers(1, 2), max_size=2),
        channels=st.none() | st.frozensets(st.sampled_from(CHANNELS), min_size=1),
        load=st.integers(0, 25),
        given_at=st.integers(0, 100),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)
wants = st.lists(
    st.builds(
        Want,
        department=st.integers(1, 3),
        channel=st.sampled_from(CHANNELS),
        skill=st.none() | st.integers(1, 2),
        last_agent=st.none() | st.integers(1, 10),
        missed=st.frozensets(st.integers(1, 10), max_size=2),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(people, wants)
def test_nobody_gets_what_they_can_not_take_and_nothing_is_left_that_somebody_could(roster, asked):
    for want in asked:
        able = {one.id for one in roster if one.can_take(want)}
        before = {one.id: one.load for one in roster}
        choice = choose(roster, want)
        assert (choice is None) == (not able)
        if choice is None:
            continue
        agent = choice.agent
        assert agent.id in able
        assert choice.of == len(able)
        assert (agent.id not in want.missed) or able <= want.missed
        assert agent.load == before[agent.id] + agent.weight_of(want.channel) <= agent.capacity
        others = [one for one in roster if one.id in able - {agent.id} and one.id not in want.missed]
        if choice.why != "last_agent" and agent.id not in want.missed:
            fullness = agent.load / agent.capacity
            assert all(one.fullness_with(want.channel) >= fullness for one in others)
