//! RSA keys of the ROCA family (CVE-2017-15361), of which the private key can be computed from the public one.
//!
//! Infineon's library made primes of the form `k * M + (65537^a mod M)`, where `M` is the product of the first primes.
//! So modulo each of these small primes the modulus is a power of 65537. See Nemec, Sys, Svenda, Klinec, Matyas: "The
//! Return of Coppersmith's Attack", ACM CCS 2017, §2.1 (the fingerprint) and §3.

/// The odd primes that divide `M` for every length of key. A modulus of another library passes for one of the family
/// with a probability below 2^-100.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];
const GENERATOR: u32 = 65537;

/// Whether the big-endian modulus has the fingerprint.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES
        .iter()
        .all(|prime| is_power_of_generator(residue(modulus, *prime), *prime))
}

fn residue(modulus: &[u8], prime: u32) -> u32 {
    modulus.iter().fold(0, |residue, byte| {
        (residue * 256 + u32::from(*byte)) % prime
    })
}

fn is_power_of_generator(residue: u32, prime: u32) -> bool {
    let powers = std::iter::successors(Some(1), |power| Some(power * (GENERATOR % prime) % prime));
    // The powers repeat after at most `prime - 1` steps.
    powers.take(prime as usize).any(|power| power == residue)
}
