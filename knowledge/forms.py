"""The forms of the editing screens."""

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from knowledge.languages import languages
from knowledge.models import ArticleTranslation, Category, Section

ICONS = (
    *("book-open", "shopping-bag", "truck", "rotate-ccw", "credit-card", "receipt", "circle-user", "package"),
    *("settings", "message-circle", "key", "globe", "star", "building-2", "life-buoy", "sparkles"),
)


class SectionChoice(forms.ModelChoiceField):
    def label_from_instance(self, section: Section) -> str:
        return f"{section.category} › {section}"


def section_choice() -> SectionChoice:
    sections = Section.objects.select_related("category").order_by(
        "category__position", "category_id", "position"
    )
    return SectionChoice(sections, label=_("Section"), empty_label=None)


class NewArticleForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("As a customer would ask or say it.")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"] = section_choice()


class TextForm(forms.ModelForm):
    """One language of an article. `version` is what the editor was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ArticleTranslation
        fields = ("title", "summary", "body")
        labels = {"title": _("Title"), "summary": _("Summary"), "body": _("Text")}
        help_texts = {
            "summary": _("One sentence under the title and in search results."),
            "body": _("Markdown. A link to another article is written [words](article:its-name)."),
        }
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "summary": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "body": forms.Textarea(attrs={"rows": 22, "dir": "auto"}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.fields["section"] = section_choice()


class NamesForm(forms.Form):
    """A name in every language; the first language's is required."""

    def __init__(self, *args: object, names: dict[str, str] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for position, (code, own_name) in enumerate(languages().items()):
            self.fields[f"name_{code}"] = forms.CharField(
                label=own_name, max_length=80, required=position == 0, initial=(names or {}).get(code, "")
            )

    def texts(self, prefix: str = "name") -> dict[str, str]:
        found = {code: self.cleaned_data[f"{prefix}_{code}"].strip() for code in languages()}
        return {code: text for code, text in found.items() if text}

    def name_fields(self) -> list[forms.BoundField]:
        return [self[f"name_{code}"] for code in languages()]


class CategoryForm(NamesForm):
    slug = forms.SlugField(
        label=_("Name in the address"),
        max_length=60,
        required=False,
        help_text=_("Made from the name if left empty."),
    )
    icon = forms.ChoiceField(label=_("Icon"), choices=[(icon, icon) for icon in ICONS])
    position = forms.IntegerField(
        label=_("Place"), min_value=0, max_value=999, help_text=_("Lower comes first.")
    )

    def __init__(self, *args: object, category: Category, **kwargs: object) -> None:
        super().__init__(*args, names=category.names, **kwargs)
        self.category = category
        for field in ("slug", "icon", "position"):
            self.fields[field].initial = getattr(category, field)
        for code, own_name in languages().items():
            self.fields[f"description_{code}"] = forms.CharField(
                label=own_name, max_length=160, required=False, initial=category.descriptions.get(code, "")
            )

    def description_fields(self) -> list[forms.BoundField]:
        return [self[f"description_{code}"] for code in languages()]

    def clean(self) -> dict:
        cleaned = super().clean()
        first = next(iter(languages()))
        slug = cleaned.get("slug") or slugify(cleaned.get(f"name_{first}", ""))[:60] or "category"
        if Category.objects.filter(slug=slug).exclude(pk=self.category.pk).exists():
            self.add_error("slug", _("Another category has this name in its address."))
        return cleaned | {"slug": slug}

    def save(self) -> Category:
        category = self.category
        category.names, category.descriptions = self.texts(), self.texts("description")
        category.slug, category.icon = self.cleaned_data["slug"], self.cleaned_data["icon"]
        category.position = self.cleaned_data["position"]
        category.save()
        return category


class SectionForm(NamesForm):
    position = forms.IntegerField(
        label=_("Place"), min_value=0, max_value=999, help_text=_("Lower comes first.")
    )

    def __init__(self, *args: object, section: Section, **kwargs: object) -> None:
        super().__init__(*args, names=section.names, **kwargs)
        self.section = section
        self.fields["position"].initial = section.position

    def save(self) -> Section:
        self.section.names, self.section.position = self.texts(), self.cleaned_data["position"]
        self.section.save()
        return self.section
