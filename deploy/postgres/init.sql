-- The IM server's own, beside the one of Beadle that POSTGRES_DB names.
create database im;
