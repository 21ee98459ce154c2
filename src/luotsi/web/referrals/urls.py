"""Addresses of referrals."""

from __future__ import annotations

from django.urls import path

from luotsi.web.referrals.views import machines, opening, public, resident, staff, volunteer

urlpatterns = [
    path("referrals/", staff.referrals, name="referrals"),
    path("referrals/counts/", public.referral_counts, name="referral_counts"),
    path("referrals/to/<str:entry>/", staff.refer_to, name="refer_to"),
    path("referrals/receivers/", opening.receiving, name="receiving"),
    path("referrals/receivers/<int:organisation>/", opening.receiving_of, name="receiving_of"),
    path("referrals/receivers/<int:organisation>/volunteers/", opening.appoint, name="appoint_volunteer"),
    path("persons/<uuid:person>/referrals/new/", staff.begin, name="begin_referral"),
    path("referrals/<uuid:referral>/", staff.referral, name="referral"),
    path("referrals/<uuid:referral>/fhir/", machines.fhir, name="referral_fhir"),
    path("referrals/<uuid:referral>/edit/", staff.edit, name="edit_referral"),
    path("referrals/<uuid:referral>/consent/", staff.consent, name="consent_referral"),
    path("referrals/<uuid:referral>/send/", staff.send, name="send_referral"),
    path("referrals/<uuid:referral>/withdraw/", staff.withdraw, name="withdraw_referral"),
    path("referrals/<uuid:referral>/coordinator/", staff.ask_coordinator, name="ask_coordinator"),
    path("referrals/<uuid:referral>/take-back/", staff.take_back, name="take_back_referral"),
    path("referrals/<uuid:referral>/close/", staff.close, name="close_referral"),
    path("referrals/<uuid:referral>/lonely/", staff.lonely, name="referral_lonely"),
    path("referrals/<uuid:referral>/wellbeing/", staff.wellbeing, name="referral_wellbeing"),
    path("referrals/<uuid:referral>/wellbeing/filled/", staff.use_form, name="use_form"),
    path("matters/referrals/", resident.own_referrals, name="own_referrals"),
    path("matters/referrals/<uuid:referral>/", resident.own_referral, name="own_referral"),
    path("matters/referrals/<uuid:referral>/consent/", resident.own_consent, name="own_referral_consent"),
    path("matters/referrals/<uuid:referral>/send/", resident.own_send, name="own_referral_send"),
    path("matters/referrals/<uuid:referral>/withdraw/", resident.own_withdraw, name="own_referral_withdraw"),
    path("matters/referrals/<uuid:referral>/words/", resident.own_words, name="own_referral_words"),
    path("matters/referrals/<uuid:referral>/lonely/", resident.own_lonely, name="own_referral_lonely"),
    path("matters/referrals/<uuid:referral>/wellbeing/", resident.own_wellbeing, name="own_referral_wellbeing"),
    path("matters/referrals/<uuid:referral>/wellbeing/filled/", resident.own_form, name="use_own_form"),
    path("matters/referrals/<uuid:referral>/times/<uuid:meeting>/", resident.answer_time, name="answer_time"),
    path("received/", volunteer.received, name="received_referrals"),
    path("received/places/<int:receiver>/", volunteer.tell_places, name="tell_places"),
    path("received/<uuid:referral>/", volunteer.received_one, name="received_referral"),
    path("received/<uuid:referral>/accept/", volunteer.accept, name="accept_referral"),
    path("received/<uuid:referral>/decline/", volunteer.decline, name="decline_referral"),
    path("received/<uuid:referral>/time/", volunteer.propose, name="propose_time"),
    path("received/<uuid:referral>/times/<uuid:meeting>/", volunteer.mark, name="mark_meeting"),
    path("received/<uuid:referral>/contact/", volunteer.contact, name="contact_referral"),
    path("received/<uuid:referral>/close/", volunteer.close, name="close_received"),
]
