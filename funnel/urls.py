from django.urls import include, path

from funnel.files.kinds import KINDS
from funnel.files.views import give_file
from funnel.page import drilldown, views

app_name = "funnel"
urlpatterns = [
    path("", views.show_funnel, name="page"),
    path("breakdown/", views.show_breakdown, name="breakdown"),
    *(path(f"report.{kind}", give_file, {"kind": kind}, name=kind) for kind in KINDS),
    path("sessions/", drilldown.show_sessions, name="sessions"),
    path("sessions.csv", drilldown.give_sessions, name="sessions_csv"),
    path("conversations/", drilldown.show_conversations, name="conversations"),
    path("conversations.csv", drilldown.give_conversations, name="conversations_csv"),
    path("articles/", drilldown.show_articles, name="articles"),
    path("articles.csv", drilldown.give_articles, name="articles_csv"),
    path("", include("funnel.invest.urls")),  # invest/ savings/
    path("", include("funnel.sharing.urls")),  # share/ shared/ unsubscribe/
]
