{{ automate_dv.sat(
    src_pk="contact_hk", src_hashdiff={"source_column": "sensitive_hashdiff", "alias": "hashdiff"},
    src_payload=["code", "amount", "note"], src_eff="effective_from",
    src_ldts="load_datetime", src_source="record_source", source_model="stage_contacts"
) }}
