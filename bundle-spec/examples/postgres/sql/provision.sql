SELECT format('CREATE ROLE %I LOGIN', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
\password :role
-- Who gives a database away has to be a member of the role that gets it.
SELECT format('GRANT %I TO CURRENT_USER', :'role')
    WHERE NOT pg_has_role(current_user, :'role', 'MEMBER') OR current_setting('server_version_num')::int >= 160000 \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'database') \gexec
