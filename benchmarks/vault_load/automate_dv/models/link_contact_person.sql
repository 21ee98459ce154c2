{{ automate_dv.link(
    src_pk="contact_person_hk", src_fk=["contact_hk", "person_hk"], src_ldts="load_datetime",
    src_source="record_source", source_model="stage_contacts"
) }}
