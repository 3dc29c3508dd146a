"""PostgreSQL as the tests use it: emptied after each test that commits, in a tenth of the time that Django takes."""
