"""Which doors are exceptions, and why: a new door that is on no list is for those who may, and for nobody else."""

PUBLIC = {  # open without login, on purpose, because ...
    "health:healthz": "a load balancer asks, and learns only that we live",
    "health:readyz": "a load balancer asks",
    "health:metrics": "guarded by its own rule: the metrics token, or loopback",
    "service_worker": "a script; browsers fetch it by themselves, signed in or not",
    "manifest": "the helpdesk's name and its icons; browsers fetch it without a session",
    "login": "the way in",
    "logout": "the way out, by POST only",
    "set_language": "a visitor chooses the language of the pages",
    "workspace:welcome": "an invitation; the signed link is the permission",
    "tickets:rate": "the survey's link; the signed token is the permission",
    "tickets:unsubscribe": "no more surveys by mail (RFC 8058); the signed token is the permission",
    "tickets:file": "a file by its unguessable key",
    "email:hook": "a mail provider calls; the secret in its header is the permission",
    "telegram:hook": "Telegram calls; the secret in its header is the permission",
    "api:about": "a page that says where the API's documentation is",
    "api:schema": "the description of the API, without any data",
    "webchat:loader": "the script that shops embed",
    "webchat:loader_of": "the same with the look of its inbox",
    "webchat:intercom": "the same for pages written for Intercom",
    "webchat:intercom_of": "the same for pages written for Intercom",
    "webchat:chatwoot_of": "the same for pages written for Chatwoot",
    "chatwoot": "the same for pages written for Chatwoot",
    "webchat:track": "the visitor's token is the permission",
    "webchat:more": "the rest of it, for pages that call more of it",
    "webchat:script": "what the loader fetches once somebody wants to chat",
    "webchat:frame": "the chat window in other people's pages",
    "webchat:plain": "the same without scripts",
    "webchat:watch": "the hidden page that says who is there, in other people's pages",
    "webchat:watch_script": "its script",
    "webchat:here": "a visitor is there; the answer holds a token of their own and nothing else",
    "webchat:start": "a visitor begins; everything else of the chat needs the token given here",
    "webchat:messages": "the visitor's token is the permission",
    "webchat:changes": "the visitor's token is the permission",
    "webchat:earlier": "the visitor's token is the permission",
    "webchat:seen": "the visitor's token is the permission",
    "webchat:details": "the visitor's token is the permission",
    "webchat:rating": "the visitor's token is the permission",
    "webchat:standing": "the visitor's token is the permission",
    "webchat:proactive": "the same",
    "webchat:answers": "the same",
    "webchat:choice": "the same",
    "webchat:thumb": "the same",
    "webchat:logout": "the visitor's token is the permission",
    "funnel:shared": "a report's link; the signed token is the permission",
    "funnel:shared_file": "the same report as a file, by the same token",
    "funnel:unsubscribe": "no more reports by mail; the signed token is the permission",
    "knowledge:front_door": "the help center",
    "knowledge:robots": "for search engines",
    "knowledge:sitemap": "for search engines",
    "knowledge:api_search": "the widget searches the published articles",
    "knowledge:api_top": "the widget shows the published articles",
    "knowledge:api_article": "the widget shows a published article",
    "knowledge:vote": "a reader says whether it helped",
    "knowledge:home": "the help center",
    "knowledge:search": "the help center",
    "knowledge:category": "the help center",
    "knowledge:article_by_id": "the help center",
    "knowledge:article": "the help center",
    "knowledge:article_by_name": "the help center",
    "demo:shop": "the demo, refused with DEBUG=0",
    "demo:mailbox": "the demo, refused with DEBUG=0",
    "demo:mail": "the demo, refused with DEBUG=0",
    "demo:mail_html": "the demo, refused with DEBUG=0",
    "demo:telegram": "the demo, refused with DEBUG=0",
    "demo:telegram_chats": "the demo, refused with DEBUG=0",
    "demo:telegram_chat": "the demo, refused with DEBUG=0",
    "demo:telegram_news": "the demo, refused with DEBUG=0",
    "demo:telegram_lines": "the demo, refused with DEBUG=0",
    "demo:telegram_file": "the demo, refused with DEBUG=0",
    "demo:telegram_method": "the demo, refused with DEBUG=0; the bot's token is the permission",
    "demo:telegram_download": "the demo, refused with DEBUG=0; the bot's token is the permission",
}
CHAT = ("start", "here", "messages", "changes", "earlier", "seen", "details", "rating", "logout")
CHAT += ("track", "proactive", "standing", "answers", "choice", "thumb")
WITHOUT_CSRF_TOKEN = {  # no cookie of ours gives any right there
    *(
        "tickets:rate",
        "tickets:unsubscribe",
        "telegram:hook",
        "email:hook",
        "knowledge:vote",
        "demo:telegram_method",
        "funnel:unsubscribe",
    ),
    *(f"webchat:{name}" for name in CHAT),
}
SHORTCUTS = ("shortcuts", "new_shortcut", "shortcut", "delete_shortcut", "restore_shortcut", "copy_shortcut")
SHORTCUTS += ("preview_shortcut", "export_shortcuts", "import_shortcuts")
# Of the settings, beside the articles: everybody writes articles, and shortcuts of their own.
OPEN_TO_AGENTS = {"workspace:home", "routing:ratings", *(f"workspace:{name}" for name in SHORTCUTS)}
SANDBOXED = {
    "desk:original",
    "desk:pictures",
    "tickets:file",
    "demo:mail_html",
}  # other people's files and HTML: locked in
WRITES_WHEN_READ = {  # what a look itself leaves behind
    "desk:ticket": {"tickets_lastlook"},
    "notices:notice": {"notices_notice"},  # it is read
    "notices:push_key": {"notices_pushkeys"},  # made once, when first asked for
    "funnel:shared": {"funnel_sharedreport"},  # how often it was opened
    "knowledge:api_article": {"events_event"},  # a customer read it in the widget
}
ANYWHERE = {"django_session"}
