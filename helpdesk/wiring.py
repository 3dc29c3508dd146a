"""Who is called from below: the one place where a floor names what stands above it. These are settings, by Django's own way to
them (`settings.LISTENERS_NOW`); settings.py has the knobs."""

# Dotted paths, in order, in sight.
LISTENERS_NOW = [  # with all that one transaction recorded, right after its commit, in the same process: keep them cheap
    "helpdesk.desk.live.on_events",
    "helpdesk.desk.drafts.on_events",
    "helpdesk.connectors.webchat.live.on_events",
]
LISTENERS_LATER = [  # in a job, event by event, those they are marked to hear; each may run twice for one event
    "helpdesk.tickets.asking_surveys.on_event",
    "helpdesk.tickets.noticing.on_event",
    "helpdesk.proactive.answers.on_event",
    "routing.listening.on_event",
    "routing.surveys.following.on_event",
]
TICKETS_SEEN_BY = (
    "helpdesk.tickets.noticing.seen_by"  # seen_by(user, ticket_ids) -> those the user may see now
)
# leave_browser(request, response, stays=user or None): this browser shows the notices of nobody else any more
BROWSER_LEFT = "helpdesk.notices.devices.leave_browser"
TRANSPORTS = {  # kind of inbox -> how an answer leaves
    "email": "helpdesk.connectors.email.transport.EmailTransport",
    "webchat": "helpdesk.connectors.webchat.transport.WebchatTransport",
    "telegram": "helpdesk.connectors.telegram.transport.TelegramTransport",
    "api": "helpdesk.api.transport.ApiTransport",
}
RAW_READERS = {  # kind of inbox -> what a stored raw message becomes: reader(raw) -> Reading
    "email": "helpdesk.connectors.email.reading.read_raw",
    "telegram": "helpdesk.connectors.telegram.reading.read_raw",
}
RAW_SALVAGERS = {  # kind of inbox -> what can be told of one that can't be read: salvage(raw) -> Salvage
    "email": "helpdesk.connectors.email.salvage.salvage_mail",
}
# what a text/calendar file says: read_invitation(bytes) -> Invitation or None
INVITATION_READER = "helpdesk.connectors.email.parsing.invitations.read_invitation"
CONNECTIONS = {  # kind of inbox -> what tells the other side where to bring messages: connect(inbox) -> sentence
    "telegram": "helpdesk.connectors.telegram.connecting.connect_bot",
}
INBOX_STATES = {  # kind of inbox -> how it is, for the list of them: states_of(inboxes) -> {id: state with level, name, words}
    "email": "helpdesk.connectors.email.health.states_of",
}
SURVEY_PLANNER = (
    "routing.surveys.plan_for"  # (closed ticket, its closing) -> how its customer is asked, or None
)
BUSINESS_CLOCK = "routing.hours.business_seconds"  # (start, end, department_id) -> seconds
SETTINGS_SCREENS = "helpdesk.workspace.navigation.doors_for"  # (user, path) -> the screens, in groups
BUSINESS_HOURS = "routing.hours.hours_of"  # department_id -> its hours, to reckon many spans with, or None
ARTICLE_FINDER = "knowledge.search.search_articles"  # (words, language=, limit=) -> published articles
DEMO_FILLERS = [
    "routing.demo.fill_departments",
    "helpdesk.demo.people.fill_people",
    "knowledge.demo.fill_articles",
    "routing.assignment.demo.fill_assignment",
    "routing.demo.fill_triggers",
    "routing.triggers.demo.fill_waiting_triggers",
    "routing.bots.demo.fill_bots",
    "routing.watching.demo.fill_thresholds",
    "helpdesk.demo.history.fill_history",
    "helpdesk.demo.attributes.fill_attributes",
    "routing.service.demo.fill_service",  # for the tickets of the history
    "routing.triggers.demo.fill_firings",
    "helpdesk.demo.proactive.fill_proactive",
    "helpdesk.demo.telegram.filling.fill_telegram",
    "knowledge.demo.fill_views",
    "funnel.demo.reckon",  # last: the report of all this
]
