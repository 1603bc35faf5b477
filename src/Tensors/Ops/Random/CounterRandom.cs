using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>Random numbers by counter: number <c>index</c> of a stream is a function of seed,
/// stream and index, so numbers can be computed in any order, on any thread and machine.</summary>
/// <remarks>
/// <para>Philox4x32-10: ten rounds of two 32 × 32 → 64 bit products turn a 128-bit counter into
/// four independent 32-bit words. The counter is (index / 4, stream); the key is the seed.</para>
/// <para>Everything uses integer operations and IEEE operations that every machine rounds
/// identically, so the bits are the same everywhere. Source: Salmon, Moraes, Dror, Shaw, "Parallel
/// random numbers: as easy as 1, 2, 3" (SC 2011).</para>
/// </remarks>
/// <param name="seed">The seed of the sequence; the run's seed.</param>
/// <param name="stream">Which of the seed's independent streams; one for each use.</param>
public readonly struct CounterRandom(ulong seed, ulong stream = 0) : IEquatable<CounterRandom>
{
    private const uint MultiplierA = 0xD2511F53;
    private const uint MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9;
    private const uint WeylB = 0xBB67AE85;

    /// <summary>Which sequence of numbers.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>Which of the seed's streams.</summary>
    public ulong Stream { get; } = stream;

    /// <summary>Whether two generators give different numbers.</summary>
    public static bool operator !=(CounterRandom left, CounterRandom right) => !left.Equals(right);

    /// <summary>Whether two generators give the same numbers.</summary>
    public static bool operator ==(CounterRandom left, CounterRandom right) => left.Equals(right);

    /// <summary>The 32 random bits number <paramref name="index"/> of the stream.</summary>
    public uint At(ulong index)
    {
        RandomWords words = Block(index >> 2);
        return (index & 3) switch { 0 => words.A, 1 => words.B, 2 => words.C, _ => words.D };
    }

    /// <summary>The number at <paramref name="index"/>, uniform in [0, 1): a multiple of
    /// 2⁻²⁴.</summary>
    public float Uniform(ulong index) => (At(index) >> 8) * (1f / (1 << 24));

    /// <summary>The number at <paramref name="index"/>, uniform in 0 … below − 1.</summary>
    /// <remarks>The high half of 64 random bits times <paramref name="below"/>: the bias is under
    /// below · 2⁻⁶⁴. Uses words 2 · index and 2 · index + 1 of the stream.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="below"/> is not
    /// positive.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "An integer in the mathematical sense.")]
    public int Integer(ulong index, int below)
    {
        if (below <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(below), below, "CounterRandom: below must be positive.");
        }

        RandomWords words = Block(index >> 1);
        ulong bits = (index & 1) == 0
            ? ((ulong)words.A << 32) | words.B
            : ((ulong)words.C << 32) | words.D;
        return (int)Math.BigMul(bits, (ulong)below, out _);
    }

    /// <inheritdoc/>
    public bool Equals(CounterRandom other) => Seed == other.Seed && Stream == other.Stream;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CounterRandom other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Seed, Stream);

    /// <summary>Words 4 · block … 4 · block + 3 of the stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RandomWords Block(ulong block) => Philox(
        new RandomWords((uint)block, (uint)(block >> 32), (uint)Stream, (uint)(Stream >> 32)),
        (uint)Seed,
        (uint)(Seed >> 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static RandomWords Philox(RandomWords counter, uint keyA, uint keyB)
    {
        uint a = counter.A;
        uint b = counter.B;
        uint c = counter.C;
        uint d = counter.D;
        for (int round = 0; round < 10; round++)
        {
            ulong productA = (ulong)MultiplierA * a;
            ulong productB = (ulong)MultiplierB * c;
            a = (uint)(productB >> 32) ^ b ^ keyA;
            b = (uint)productB;
            c = (uint)(productA >> 32) ^ d ^ keyB;
            d = (uint)productA;
            keyA += WeylA;
            keyB += WeylB;
        }

        return new RandomWords(a, b, c, d);
    }
}

/// <summary>The four words of a Philox counter or block.</summary>
internal readonly record struct RandomWords(uint A, uint B, uint C, uint D);
