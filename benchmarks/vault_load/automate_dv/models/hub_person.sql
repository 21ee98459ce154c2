{{ automate_dv.hub(
    src_pk="person_hk", src_nk="person_id", src_ldts="load_datetime", src_source="record_source", source_model="stage_contacts"
) }}
