"""Where the team writes the help center, under /settings/."""

from django.urls import path

from knowledge import editing, shelving

app_name = "knowledge_settings"

urlpatterns = [
    path("articles/", editing.articles, name="articles"),
    path("articles/new/", editing.new_article, name="new"),
    path("articles/preview/", editing.preview, name="preview"),
    path("articles/categories/", shelving.categories, name="categories"),
    path("articles/categories/new/", shelving.edit_category, name="new_category"),
    path("articles/categories/<int:category_id>/", shelving.edit_category, name="category"),
    path("articles/categories/<int:category_id>/sections/", shelving.add_section, name="new_section"),
    path("articles/sections/<int:section_id>/", shelving.edit_section, name="section"),
    path("articles/<int:article_id>/", editing.edit_article, name="article"),
    path("articles/<int:article_id>/<language:language>/", editing.edit_article, name="text"),
    path("articles/<int:article_id>/<language:language>/versions/", editing.versions, name="versions"),
    path("articles/versions/<int:version_id>/restoration/", editing.restore, name="restore"),
    path("articles/<int:article_id>/deletion/", editing.delete, name="delete"),
]
