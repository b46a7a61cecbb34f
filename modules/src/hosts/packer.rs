use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Packs user data as gzip does. One compressor for all machines, because making one takes longer than packing.
pub(super) struct Packer(Compress);

/// No flags, no time, no name; "best", "no system": the same bytes each time.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];

impl Packer {
    pub(super) fn new() -> Self {
        Self(Compress::new(Compression::best(), false))
    }

    /// What a cloud takes that takes little; cloud-init unpacks it by itself.
    pub(super) fn packed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        self.0.reset();
        loop {
            out.reserve(bytes.len() / 2 + 64);
            let taken = usize::try_from(self.0.total_in()).expect("it is in memory");
            let status = self.0.compress_vec(&bytes[taken..], &mut out, FlushCompress::Finish);
            if status.expect("a deflate stream without a dictionary has no state to be wrong in")
                == Status::StreamEnd
            {
                break;
            }
        }
        let mut crc = Crc::new();
        crc.update(bytes);
        out.extend(crc.sum().to_le_bytes());
        out.extend(crc.amount().to_le_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_packed_unpacks_and_the_order_does_not_matter() {
        let long: String = (0..20_000).map(|number| format!("{number} ")).collect();
        let texts = ["", "a", "#!/bin/sh\nexit 0\n", long.as_str(), "é 日本", "a"];
        let mut packer = Packer::new();
        for text in texts {
            let packed = packer.packed(text.as_bytes());
            let mut back = String::new();
            GzDecoder::new(packed.as_slice()).read_to_string(&mut back).expect("gzip");
            assert_eq!(back, text);
            assert_eq!(packed, Packer::new().packed(text.as_bytes()));
        }
    }
}
