-- There are no insurance claims here: stands in place of Tuva's model of the same name, so that claims are not prepared in vain.
select * from {{ ref('core__stg_clinical_encounter') }} where false
