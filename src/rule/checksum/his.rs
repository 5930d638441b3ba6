//! The first generation of Microsoft's identifiable keys.
//!
//! A key is random bytes in base 64 that end, at fixed places, with a four-character
//! signature of the service and a checksum: Marvin32 of all bytes before it, with a
//! seed of the service, little-endian. Source: Microsoft's open Security Utilities
//! (`IdentifiableSecrets`).

use super::azure::marvin32;
use super::digits::{BASE64, BASE64_URL, decode, encode};

/// Bytes of the checksum.
const CHECK_BYTES: usize = 4;
/// Characters that hold the checksum.
const CHECK_CHARS: usize = 6;

/// A service whose keys carry a signature and a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HisService {
    /// Storage account key.
    Storage,
    /// Cosmos DB account key, for reading and writing or for reading.
    Cosmos,
    /// Functions key, of a function, the host or the system.
    Functions,
    /// Container Registry password.
    ContainerRegistry,
    /// Cache for Redis access key. (A variant whose `+` and `/` are replaced after the
    /// checksum was computed does not verify: the replacement cannot be undone.)
    Redis,
    /// Batch account key.
    Batch,
    /// Service Bus shared access key.
    ServiceBus,
    /// Event Hubs shared access key.
    EventHubs,
    /// Relay shared access key.
    Relay,
    /// `IoT` Hub shared access key.
    IotHub,
    /// `IoT` Hub device key.
    IotDevice,
    /// `IoT` Device Provisioning Service key.
    IotDps,
    /// AI Search admin key. Letters and digits only: a body whose checksum would hold
    /// `+` or `/` belongs to no key and is not sealed.
    SearchAdmin,
    /// AI Search query key, as restricted as [`Self::SearchAdmin`].
    SearchQuery,
    /// API Management direct management key.
    ApimDirectManagement,
    /// API Management self-hosted gateway key.
    ApimGateway,
    /// API Management repository (git) key.
    ApimRepository,
    /// API Management subscription key.
    ApimSubscription,
    /// Machine Learning (classic) key.
    MlClassic,
}

/// How many bytes a key has and which characters they are written in.
#[derive(Clone, Copy)]
struct Form {
    bytes: usize,
    alphabet: &'static [u8],
    letters_and_digits: bool,
}

/// What is particular to the keys of one service.
struct Facts {
    name: &'static str,
    form: Form,
    signature: &'static [u8; 4],
    seeds: &'static [&'static [u8; 8]],
}

const LONG: Form = Form { bytes: 64, alphabet: BASE64, letters_and_digits: false };
const SHORT: Form = Form { bytes: 32, ..LONG };
const REGISTRY: Form = Form { bytes: 39, ..LONG };
const SEARCH: Form = Form { letters_and_digits: true, ..REGISTRY };
const FUNCTIONS: Form = Form { bytes: 40, alphabet: BASE64_URL, ..LONG };

/// Seeds of the services that give out shared access keys by right.
const RIGHTS: &[&[u8; 8]] = &[b"Send0000", b"Listen00", b"Manage00"];

impl HisService {
    /// The name of this service's checksum.
    pub(super) fn checksum_name(self) -> &'static str {
        self.facts().name
    }

    /// The seeds its keys are made with: one for each sort of key.
    pub(super) fn seeds(self) -> &'static [&'static [u8; 8]] {
        self.facts().seeds
    }

    /// The table of services.
    fn facts(self) -> Facts {
        let row = |name, form, signature, seeds| Facts { name, form, signature, seeds };
        match self {
            Self::Storage => row("his-storage", LONG, b"+ASt", &[b"Default0"]),
            Self::Cosmos => row("his-cosmos", LONG, b"ACDb", &[b"MastRW00", b"MastRO00"]),
            Self::Functions => {
                row("his-functions", FUNCTIONS, b"AzFu", &[b"Functi00", b"System00", b"Master00"])
            }
            Self::ContainerRegistry => row("his-acr", REGISTRY, b"+ACR", &[b"ACRDflt0"]),
            Self::Redis => row("his-redis", SHORT, b"AzCa", &[b"Access00"]),
            Self::Batch => row("his-batch", LONG, b"+ABa", &[b"AbAcct00"]),
            Self::ServiceBus => row("his-service-bus", SHORT, b"+ASb", RIGHTS),
            Self::EventHubs => row("his-event-hubs", SHORT, b"+AEh", RIGHTS),
            Self::Relay => row("his-relay", SHORT, b"+ARm", RIGHTS),
            Self::IotHub => row("his-iot-hub", SHORT, b"AIoT", &[b"IoTHub00"]),
            Self::IotDevice => row("his-iot-device", SHORT, b"AIoT", &[b"Device00"]),
            Self::IotDps => row("his-iot-dps", SHORT, b"AIoT", &[b"DpsKey00"]),
            Self::SearchAdmin => row("his-search-admin", SEARCH, b"AzSe", &[b"PAdmin00"]),
            Self::SearchQuery => row("his-search-query", SEARCH, b"AzSe", &[b"Query000"]),
            Self::ApimDirectManagement => {
                row("his-apim-direct-management-key", LONG, b"APIM", &[b"Tenant00"])
            }
            Self::ApimGateway => row("his-apim-gateway-key", LONG, b"APIM", &[b"Gatewy00"]),
            Self::ApimRepository => row("his-apim-repository-key", LONG, b"APIM", &[b"GitKey00"]),
            Self::ApimSubscription => {
                row("his-apim-subscription-key", LONG, b"APIM", &[b"IoTHub00"])
            }
            Self::MlClassic => row("his-ml-classic", LONG, b"+AMC", &[b"Classic0"]),
        }
    }

    /// Writes the checksum made with `seed`. `None` without the service's signature
    /// and the padding.
    pub(super) fn seal(self, seed: [u8; 8], token: &mut [u8]) -> Option<()> {
        let Facts { form, signature, .. } = self.facts();
        let padding: &[u8] = match form.bytes % 3 {
            0 => b"",
            1 => b"==",
            _ => b"=",
        };
        let text = token.strip_suffix(padding)?.len();
        if text != (form.bytes * 8).div_ceil(6) {
            return None;
        }
        let (text, _) = token.split_at_mut(text);
        let (head, check) = text.split_last_chunk_mut::<CHECK_CHARS>()?;
        let plain =
            |text: &[u8]| !form.letters_and_digits || text.iter().all(u8::is_ascii_alphanumeric);
        if !head.ends_with(signature) || !plain(head) {
            return None;
        }
        // Where the checksum's first character also holds bits of the byte before it,
        // they are zero: so does the decoder fill the head up.
        let mut bytes = decode(head, form.alphabet)?;
        debug_assert_eq!(bytes.len(), form.bytes - CHECK_BYTES);
        let sum = marvin32(seed, &bytes);
        bytes.extend(sum.to_le_bytes());
        let mut sealed = vec![0; head.len() + CHECK_CHARS];
        encode(&bytes, form.alphabet, &mut sealed);
        let sealed = sealed.last_chunk::<CHECK_CHARS>()?;
        if !plain(sealed) {
            return None;
        }
        *check = *sealed;
        Some(())
    }
}
