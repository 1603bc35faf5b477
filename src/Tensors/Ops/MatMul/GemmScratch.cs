namespace Vitrine.Tensors;

/// <summary>
/// Where a thread packs the parts of a product that it computes. Each thread has its own and keeps
/// it, so that packed panels stay in the second-level cache of the core that reads them: a line
/// that another core wrote costs several times as much. It is freed with its thread.
/// </summary>
internal sealed unsafe class GemmScratch
{
    /// <summary>Steps of k that are summed in registers.</summary>
    public const int LongestBlock = 512;

    /// <summary>Elements of b that are packed at once: with what else is read, the second-level
    /// cache of today's cores (1 MiB).</summary>
    public const int BlockElements = 176 << 10;

    /// <summary>From one copied row of a to the next: rows whose distance is a power of two share
    /// a few places in the first-level cache.</summary>
    public const int RowElements = LongestBlock + 16;

    /// <summary>Row panels of a that are packed at once: of a matrix stored by columns, whole
    /// cache lines.</summary>
    public const int StripsAtOnce = 4;

    /// <summary>A panel of the longest block, or some rows of all panels.</summary>
    public const int StagingElements = 32 * LongestBlock;

    private const int StripElements = StripsAtOnce * 12 * RowElements;

    [ThreadStatic]
    private static GemmScratch? t_own;

    private readonly float* _memory = (float*)NativePool.Allocate(NativePool.HugePage);

    private GemmScratch()
    {
    }

    ~GemmScratch() => NativePool.Free(_memory);

    public static GemmScratch OfThisThread => t_own ??= new GemmScratch();

    /// <summary>Panels of b.</summary>
    public float* Block => _memory;

    /// <summary>Panels of a.</summary>
    public float* Strips => _memory + BlockElements;

    /// <summary>Numbers of a weight, decoded to be packed.</summary>
    public float* Staging => Strips + StripElements;

    /// <summary>A tile at the edge of the result.</summary>
    public float* Tile => Staging + StagingElements;
}
