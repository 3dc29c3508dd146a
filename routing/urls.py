from django.urls import path

from routing.views import departments, hours, triggers

app_name = "routing"
urlpatterns = [
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.department, name="new_department"),
    path("departments/<int:pk>/", departments.department, name="department"),
    path("departments/<int:pk>/activity/", departments.activity, name="department_activity"),
    path("hours/", hours.schedules, name="hours"),
    path("hours/new/", hours.schedule, name="new_schedule"),
    path("hours/<int:pk>/", hours.schedule, name="schedule"),
    path("hours/<int:pk>/deletion/", hours.delete_schedule, name="delete_schedule"),
    path("triggers/", triggers.triggers, name="triggers"),
    path("triggers/new/", triggers.trigger, name="new_trigger"),
    path("triggers/log/", triggers.runs, name="runs"),
    path("triggers/<int:pk>/", triggers.trigger, name="trigger"),
    path("triggers/<int:pk>/activity/", triggers.activity, name="trigger_activity"),
    path("triggers/<int:pk>/place/", triggers.place, name="trigger_place"),
    path("triggers/<int:pk>/deletion/", triggers.delete_trigger, name="delete_trigger"),
]
