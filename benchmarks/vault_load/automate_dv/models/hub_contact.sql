{{ automate_dv.hub(
    src_pk="contact_hk", src_nk="contact_id", src_ldts="load_datetime", src_source="record_source", source_model="stage_contacts"
) }}
