namespace Vitrine.Tensors;

/// <summary>Which entries of a head are rotated together.</summary>
public enum RotaryPairing
{
    /// <summary>Entries i and i + rotaryDim / 2: GPT-NeoX, Llama, most others.</summary>
    Halves,

    /// <summary>Entries 2i and 2i + 1: the RoFormer paper, GPT-J, Cohere.</summary>
    Adjacent,
}
