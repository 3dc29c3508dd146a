"""The screens on which the team arranges categories and sections."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.errors import Conflict
from helpdesk.ordering import next_position
from knowledge.forms import CategoryForm, SectionForm
from knowledge.models import Category, Section


@login_required
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    shelves = Category.objects.annotate(count=Count("sections__articles")).prefetch_related("sections")
    return render(request, "knowledge/settings/categories.html", {"categories": shelves})


@login_required
def edit_category(request: HttpRequest, category_id: int | None = None) -> HttpResponse:
    """Make, change or (when it is empty) remove a category."""
    category = (
        get_object_or_404(Category, pk=category_id)
        if category_id
        else Category(position=next_position(Category.objects))
    )
    if request.method == "POST" and "delete" in request.POST and category.pk:
        return remove(request, category)
    form = CategoryForm(request.POST or None, category=category)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Category saved."))
        return redirect("knowledge_settings:category", category.pk)
    sections = category.sections.annotate(count=Count("articles")) if category.pk else []
    return render(
        request,
        "knowledge/settings/category.html",
        {"form": form, "category": category, "sections": sections},
    )


@login_required
def add_section(request: HttpRequest, category_id: int) -> HttpResponse:
    category = get_object_or_404(Category, pk=category_id)
    return section_form(request, Section(category=category, position=next_position(category.sections)))


@login_required
def edit_section(request: HttpRequest, section_id: int) -> HttpResponse:
    section = get_object_or_404(Section.objects.select_related("category"), pk=section_id)
    if request.method == "POST" and "delete" in request.POST:
        return remove(request, section)
    return section_form(request, section)


def section_form(request: HttpRequest, section: Section) -> HttpResponse:
    form = SectionForm(request.POST or None, section=section)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Section saved."))
        return redirect("knowledge_settings:category", section.category_id)
    return render(request, "knowledge/settings/section.html", {"form": form, "section": section})


def remove(request: HttpRequest, shelf: Category | Section) -> HttpResponse:
    """Only an empty shelf can go; articles never disappear with it."""
    holds = (
        shelf.sections.filter(articles__isnull=False) if isinstance(shelf, Category) else shelf.articles.all()
    )
    if holds.exists():
        raise Conflict(_("There are articles in it. Move them to another section first."))
    shelf.delete()
    messages.success(request, _("Removed."))
    return redirect("knowledge_settings:categories")
