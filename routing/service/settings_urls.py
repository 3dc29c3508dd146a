from django.urls import path

from routing.service.views import care, paths, policies, priority

app_name = "service"
urlpatterns = [
    path("promises/", policies.policies, name="policies"),
    path("promises/new/", policies.policy, name="new_policy"),
    path("promises/<int:pk>/", policies.policy, name="policy"),
    path("promises/<int:pk>/activity/", policies.activity, name="policy_activity"),
    path("promises/<int:pk>/place/", policies.place, name="policy_place"),
    path("promises/<int:pk>/deletion/", policies.delete_policy, name="delete_policy"),
    path("escalation/", paths.paths, name="paths"),
    path("escalation/new/", paths.path, name="new_path"),
    path("escalation/<int:pk>/", paths.path, name="path"),
    path("escalation/<int:pk>/activity/", paths.activity, name="path_activity"),
    path("escalation/<int:pk>/place/", paths.place, name="path_place"),
    path("escalation/<int:pk>/deletion/", paths.delete_path, name="delete_path"),
    path("care/", care.rules, name="care_rules"),
    path("care/new/", care.rule, name="new_care_rule"),
    path("care/marks/<str:mark>/", care.rule, name="care_rule"),
    path("care/marks/<str:mark>/activity/", care.activity, name="care_rule_activity"),
    path("care/marks/<str:mark>/deletion/", care.forget, name="forget_care_rule"),
    path("priority/", priority.priority_formula, name="priority"),
]
