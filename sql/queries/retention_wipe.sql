-- Gives the room of deleted rows back to the disk: until then their bytes lie
-- in the files.  No transaction around it.
VACUUM (FULL);
