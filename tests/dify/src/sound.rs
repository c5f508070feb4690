//! Sounds: what a WAV holds, and MP3 that a browser plays.

/// A frame of MPEG-1 layer III without anything in it: 32 kbit/s, 44.1 kHz, one channel, 26 ms of silence
/// (ISO/IEC 11172-3 section 2.4.1).
const FRAME: ([u8; 4], usize) = ([0xff, 0xfb, 0x10, 0xc4], 104);

/// So many frames of silence.
pub(crate) fn silence(frames: usize) -> Vec<u8> {
    let (head, length) = FRAME;
    let mut frame = head.to_vec();
    frame.resize(length, 0);
    frame.repeat(frames)
}

/// The head of an MP3 with a title (ID3v2.3, `TIT2` in ISO 8859-1).
pub(crate) fn titled(title: &str) -> Vec<u8> {
    let title: Vec<u8> = title.bytes().filter(u8::is_ascii).take(100).collect();
    let size = u8::try_from(title.len() + 1).unwrap_or_default();
    let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
    tag.push(size + 10);
    tag.extend(b"TIT2\0\0\0");
    tag.extend([size, 0, 0, 0]);
    tag.extend(title);
    tag
}

/// What a model hears in a WAV of 16-bit PCM; none where the file is not what its head says.
pub(crate) fn heard(wav: &[u8]) -> Option<String> {
    let word = |at: usize| Some(u32::from_le_bytes(wav.get(at..at + 4)?.try_into().ok()?));
    let half = |at: usize| Some(u16::from_le_bytes(wav.get(at..at + 2)?.try_into().ok()?));
    let (format, channels, bits) = (half(20)?, half(22)?, half(34)?);
    let (rate, bytes_a_second) = (word(24)?, word(28)?);
    let samples = wav.get(44..)?;
    let is_whole = wav.get(8..16)? == b"WAVEfmt "
        && wav.get(36..40)? == b"data"
        && word(4)? as usize == wav.len() - 8
        && word(40)? as usize == samples.len()
        && (format, bits) == (1, 16)
        && bytes_a_second == rate * u32::from(channels) * 2;
    let what = if samples.iter().any(|&byte| byte != 0) {
        "A sound"
    } else {
        "Silence"
    };
    is_whole.then(|| format!("{what} of {rate} Hz in {channels} channel."))
}
