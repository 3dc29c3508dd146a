"""Mounted at /api/v1/articles/."""

from rest_framework.routers import SimpleRouter

from knowledge.api import ArticleViewSet

router = SimpleRouter()
router.register("", ArticleViewSet, basename="article")
urlpatterns = router.urls
