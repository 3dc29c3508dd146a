"""The names of what can happen: past tense, `noun.verbed`. One table, so that a listener can't misspell one."""

TICKET_CREATED = "ticket.created"  # data: started_by (customer | agent), inbox
TICKET_QUEUED = "ticket.queued"  # it waits for a person of the team from now on
TICKET_ASSIGNED = "ticket.assigned"  # data: from, to (user ids or null)
TICKET_TRANSFERRED = "ticket.transferred"  # data: from, to (department ids or null)
TICKET_PRIORITISED = "ticket.prioritised"  # data: from, to
TICKET_TAGGED = "ticket.tagged"  # data: tags
TICKET_UNTAGGED = "ticket.untagged"  # data: tags
TICKET_STATUS_CHANGED = "ticket.status_changed"  # data: from, to; between open states
TICKET_CLOSED = "ticket.closed"  # value: seconds since the first customer message; data: status
TICKET_REOPENED = "ticket.reopened"
TICKET_SNOOZED = "ticket.snoozed"  # data: until
TICKET_WOKEN = "ticket.woken"  # data: reason (due | reply | agent)
TICKET_MARKED = "ticket.marked"  # data: marks, why (in words, where a rule found them)
TICKET_UNMARKED = "ticket.unmarked"  # data: marks
# data of these: promise (first | next | resolution), due (when it was to be kept), policy (its name); value: seconds promised
SLA_NEAR = "sla.near"  # it is to be kept soon
SLA_MISSED = "sla.missed"  # it was not kept
# data of these: path (its name), step (number of it, from 1), to (in words), user or department (ids)
ESCALATION_STARTED = "escalation.started"  # with note (id) where somebody asked for it
ESCALATION_STEPPED = "escalation.stepped"
ESCALATION_ENDED = "escalation.ended"  # with reason (answered | finished | agent | done)
TICKET_MARKED_SPAM = "ticket.marked_spam"
TICKET_UNMARKED_SPAM = "ticket.unmarked_spam"
TICKET_TRASHED = "ticket.trashed"
TICKET_RESTORED = "ticket.restored"  # data: reason (reply | agent)
# data: reason (Ticket.EscalationReason), words where somebody said more
TICKET_ESCALATED = "ticket.escalated"
TICKET_HANDLED = "ticket.handled"  # value: seconds a teammate had it before them
# data: from, to (user ids or null), department_from, department_to, note and message (ids)
TICKET_HANDED_OVER = "ticket.handed_over"
TICKET_MERGED = (
    "ticket.merged"  # of both; data: into (of the one that is gone) or gone (of the one that is kept)
)
TICKET_UNMERGED = "ticket.unmerged"  # of both; data: out_of (of the one that is back) or back (of the other)
TICKET_SPLIT = (
    "ticket.split"  # of both; data: to, messages (of the one that stays) or out_of (of the new one)
)
PARTICIPANT_ADDED = "participant.added"  # data: contact, role, name
PARTICIPANT_REMOVED = "participant.removed"  # data: contact, name
LOOP_STOPPED = "loop.stopped"  # data: address, reason

MESSAGE_RECEIVED = "message.received"  # a customer wrote; data: message, automatic where a machine did
MESSAGE_QUEUED = "message.queued"  # an answer waits for its undo window; data: message
MESSAGE_UNDONE = "message.undone"  # it was taken back; data: message
MESSAGE_REPLIED = (
    "message.replied"  # value: seconds from queue to this reply when it is the first; data: message, first,
    # began (the ticket's channel, where it went by another)
)
MESSAGE_AUTOREPLIED = "message.autoreplied"  # a public message nobody typed; data: message
MESSAGE_NOTED = "message.noted"  # data: message, mentions; members (of a department that it names)
MESSAGE_MAILED = "message.mailed"  # chat answers nobody saw left by mail; data: message (that mail), messages
MESSAGE_SENT = "message.sent"  # data: message; once more when those whom it did not reach at first have it
MESSAGE_DELIVERED = "message.delivered"  # data: message
MESSAGE_READ = "message.read"  # data: message
MESSAGE_FAILED = "message.failed"  # data: message, error; recipients where only some failed

CALL_LOGGED = "call.logged"  # value: seconds of talking, 0 where nobody answered; data: message, direction
CALL_CHANGED = "call.changed"  # value: the same; data: message

SURVEY_SENT = "survey.sent"  # data: survey
SURVEY_RATED = "survey.rated"  # value: 1 to 5; data: survey, comment

OFFER_MISSED = "offer.missed"  # an assigned chat was not opened in time; value: seconds; data: agent (id)
# These of a member of the team, by `data: agent` (id).
AGENT_CAME = "agent.came"  # their desk is open
AGENT_LEFT = "agent.left"  # it is not any more; value: seconds it was
# value: seconds in the state that ended; data: from, to, reason, until
AGENT_AVAILABILITY_CHANGED = "agent.availability_changed"
AGENT_RECALLED = "agent.recalled"  # data: channels, department (id or null), until
AGENT_RECALL_ENDED = "agent.recall_ended"  # data: reason (due | agent)

# Of the monitor. data: threshold (id), figure, bound, since; value: what the figure was
THRESHOLD_PASSED = "threshold.passed"
THRESHOLD_KEPT = "threshold.kept"  # it has been normal for a while again
# Too many chats wait for too few people. value: the level (0 to 2); data: from, waiting, agents
OVERLOAD_CHANGED = "overload.changed"

VISITOR_DID = "visitor.did"  # on the site, with a ticket open; data: did (its name), facts {name: text}
VISITOR_BANNED = "visitor.banned"  # data: reason
VISITOR_UNBANNED = "visitor.unbanned"
# data: of (person | company), fields (their keys; never the values), company (id) where it is about that
CONTACT_CHANGED = "contact.changed"
CONTACT_MERGED = "contact.merged"  # data: gone (contact id)
CONTACT_PARTED = (
    "contact.parted"  # data: gone (contact id, a person of their own again), tickets (that are theirs again)
)
INBOUND_QUARANTINED = "inbound.quarantined"  # data: raw, reason, message (the note on its ticket)
INBOUND_READ = (
    "inbound.read"  # what was quarantined, at last; data: raw, message (that note), outcome, reason
)

ARTICLE_VIEWED = "article.viewed"  # data: article, language
ARTICLE_VOTED = "article.voted"  # data: article, helpful
ARTICLE_SUGGESTED = "article.suggested"  # a teammate put it into what they write; data: article, language
ANSWER_REUSED = "answer.reused"  # the answer of another ticket, too; data: from (ticket id)
ARTICLE_SEARCHED = "article.searched"  # data: query, language, results

BOT_ASKED = "bot.asked"
BOT_ANSWERED = "bot.answered"
BOT_CLOSED = "bot.closed"  # data: reason (silence, or what the customer said)
BOT_HANDED_OVER = "bot.handed_over"  # data: bot (its name) and reason, where it was one that asks

PROACTIVE_SENT = "proactive.sent"  # these with data: message
PROACTIVE_DELIVERED = "proactive.delivered"
PROACTIVE_BOUNCED = "proactive.bounced"
PROACTIVE_OPENED = "proactive.opened"
PROACTIVE_CLICKED = "proactive.clicked"
PROACTIVE_REPLIED = "proactive.replied"  # ... text, at (when they opened it)
GOAL_MET = "goal.met"  # data: goal, and message where one is credited
EXPERIMENT_EXPOSED = "experiment.exposed"  # data: experiment, arm

ALL = frozenset(value for name, value in vars().copy().items() if name.isupper() and isinstance(value, str))
