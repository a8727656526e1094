"""The open data, under /api/hsds/. The paths are those of the standard, without a slash at the end."""

from django.urls import path, re_path

from referrals.hsds import views

app_name = "hsds"

urlpatterns = [
    path("", views.root, name="root"),
    path("openapi.json", views.description, name="openapi"),
    path("services", views.services, name="services"),
    path("services/<str:pk>", views.service, name="service"),
    path("organizations", views.organizations, name="organizations"),
    path("organizations/<str:pk>", views.organization, name="organization"),
    path("service_at_locations", views.at_locations, name="service-at-locations"),
    path("service_at_locations/<str:pk>", views.at_location, name="service-at-location"),
    path("taxonomy_terms", views.taxonomy_terms, name="taxonomy-terms"),
    path("taxonomy_terms/<str:pk>", views.taxonomy_term, name="taxonomy-term"),
    re_path(r"^(?P<rest>.*)$", views.nothing, name="nothing"),
]
