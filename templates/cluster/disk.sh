# The disk outlives the machine: it is made ready once, and mounted without access times (KAF-13).
mkdir -p '<{ data }>'
disk=$(node_disk)
until [ -b "$disk" ]; do
  echo 'waiting for the disk' >&2
  sleep 2
done
if ! blkid "$disk" > /dev/null 2>&1; then
  mkfs.xfs -q "$disk"
fi
mountpoint -q '<{ data }>' || mount -o noatime "$disk" '<{ data }>'
