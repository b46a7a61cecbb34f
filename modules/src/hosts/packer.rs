use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Packs user data as gzip does. One compressor for many machines, because making one takes longer than packing.
pub(super) struct Packer(Compress);

/// No flags, no time, no name; neither quickest nor best, "no system": the same bytes each time.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// Half of the work of the best, for three hundredths more bytes.
const LEVEL: u32 = 3;

impl Packer {
    pub(super) fn new() -> Self {
        Self(Compress::new(Compression::new(LEVEL), false))
    }

    /// What a cloud takes that takes little; cloud-init unpacks it by itself. Harder work where it wouldn't fit else.
    pub(super) fn packed(&mut self, bytes: &[u8], most: usize) -> Vec<u8> {
        let packed = gzip(&mut self.0, bytes);
        if packed.len() <= most {
            return packed;
        }
        gzip(&mut Compress::new(Compression::best(), false), bytes)
    }
}

fn gzip(compress: &mut Compress, bytes: &[u8]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    compress.reset();
    loop {
        out.reserve(bytes.len() / 2 + 64);
        let taken = usize::try_from(compress.total_in()).expect("it is in memory");
        let status = compress.compress_vec(&bytes[taken..], &mut out, FlushCompress::Finish);
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

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn unpacked(packed: &[u8]) -> String {
        let mut back = String::new();
        GzDecoder::new(packed).read_to_string(&mut back).expect("gzip");
        back
    }

    #[test]
    fn what_is_packed_unpacks_and_the_order_does_not_matter() {
        let long: String = (0..20_000).map(|number| format!("{number} ")).collect();
        let texts = ["", "a", "#!/bin/sh\nexit 0\n", long.as_str(), "é 日本", "a"];
        let mut packer = Packer::new();
        for text in texts {
            let packed = packer.packed(text.as_bytes(), usize::MAX);
            assert_eq!(unpacked(&packed), text);
            assert_eq!(packed, Packer::new().packed(text.as_bytes(), usize::MAX));
        }
    }

    #[test]
    fn what_would_not_fit_is_packed_harder() {
        let text: String =
            (0..2_000).map(|number| format!("key_{} = {}\n", number % 97, number * number)).collect();
        let quick = Packer::new().packed(text.as_bytes(), usize::MAX);
        let hard = Packer::new().packed(text.as_bytes(), quick.len() - 1);
        assert!(hard.len() < quick.len(), "{} against {}", hard.len(), quick.len());
        assert_eq!(unpacked(&hard), text);
    }
}
