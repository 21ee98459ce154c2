"""The addresses of this app."""

from django.urls import URLPattern, path

from luotsi.web.services.views import fitting, inventory, keepers, keeping, machines, public

urlpatterns: list[URLPattern] = [
    path("services/", public.services, name="services"),
    path("services/kept/", keeping.kept, name="kept_services"),
    path("services/kept/share/", keeping.share, name="share_services"),
    path("services/lists/<uuid:key>/", keeping.shared, name="service_list"),
    path("services/for-me/", fitting.own, name="own_fitting_services"),
    path("persons/<uuid:person>/services/", fitting.of_person, name="fitting_services"),
    path("services/own/", keepers.own, name="own_services"),
    path("services/own/template.xlsx", keepers.template, name="services_template"),
    path("services/own/<str:organisation>/<str:entry>/", keepers.write, name="write_service"),
    path("services/own/<str:organisation>/<str:entry>/check/", keepers.check, name="check_service"),
    path("services/proposals/", keepers.proposals, name="proposals"),
    path("services/proposals/keepers/", keepers.appoint, name="appoint_keeper"),
    path("services/proposals/<int:pk>/", keepers.decide, name="decide_proposal"),
    path("services/inventory/", inventory.inventory, name="inventory"),
    path("services/<str:entry>/", public.service, name="service"),
    path("services/<str:entry>/keep/", keeping.keep, name="keep_service"),
    path("embed/services/", public.embedded, name="embedded_services"),
    path("api/services/", machines.search, name="api_services"),
    path("api/services/openapi.json", machines.description, name="api_description"),
    path("api/services/<str:entry>/", machines.service, name="api_service"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
]
