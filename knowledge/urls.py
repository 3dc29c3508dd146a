"""The help center's public pages, at the root of the site, and what widget and desk ask it."""

from django.urls import path

from knowledge import answers, pages, seo

app_name = "knowledge"

urlpatterns = [
    path("", pages.front_door, name="front_door"),
    path("robots.txt", seo.robots, name="robots"),
    path("sitemap.xml", seo.sitemap_xml, name="sitemap"),
    path("help/api/search", answers.search, name="api_search"),
    path("help/api/articles/top", answers.top_articles, name="api_top"),
    path("help/api/articles/<int:article_id>", answers.article, name="api_article"),
    path("help/api/articles/<int:article_id>/vote", answers.give_vote, name="vote"),
    path("help/suggestions/", answers.suggestions, name="suggestions"),
    path("<language:language>/", pages.home, name="home"),
    path("<language:language>/search/", pages.search, name="search"),
    path("<language:language>/categories/<slug:slug>/", pages.category, name="category"),
    path("<language:language>/articles/<int:article_id>/", pages.article, name="article_by_id"),
    path("<language:language>/articles/<int:article_id>-<str:slug>/", pages.article, name="article"),
    path("<language:language>/articles/<slug:name>/", pages.article_by_name, name="article_by_name"),
]
