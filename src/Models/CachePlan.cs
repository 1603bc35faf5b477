using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The contents and cost of a cache, known before the run.</summary>
/// <param name="Activations">Names and shapes, in the order of the forward pass.</param>
/// <param name="WorkBytes">The peak memory of the run itself: one layer's activations, or the
/// logits.</param>
public sealed record CachePlan(
    IReadOnlyList<(string Name, Shape Shape)> Activations, long WorkBytes = 0)
{
    private const int Named = 3;

    /// <summary>The bytes of all activations.</summary>
    public long Bytes => Activations.Sum(Size);

    /// <summary>The memory that named activations need.</summary>
    /// <inheritdoc cref="Of(TransformerConfig, int, int, int?, ReadOnlySpan{string})"/>
    public static CachePlan Of(
        TransformerConfig config, int batch, int pos, params ReadOnlySpan<string> names) =>
        Of(config, batch, pos, source: null, names);

    /// <summary>The memory that named activations need.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="pos">Tokens in each.</param>
    /// <param name="source">Tokens in each that an encoder reads; null for as many.</param>
    /// <param name="names">Names or globs; none for everything on the way.</param>
    /// <exception cref="ArgumentException">A name matches no activation; the message offers the
    /// nearest.</exception>
    public static CachePlan Of(
        TransformerConfig config, int batch, int pos, int? source,
        params ReadOnlySpan<string> names)
    {
        (string Name, Shape Shape)[] shapes =
            [.. Transformer.Activations(config, batch, pos, source)];
        string[] all = [.. shapes.Select(activation => activation.Name)];
        var wanted = new HashSet<string>();
        foreach (string glob in names.IsEmpty ? ["*"] : names)
        {
            wanted.UnionWith(HookGlob.Require(glob, all));
        }

        return new CachePlan(
            [.. shapes.Where(entry => wanted.Contains(entry.Name))],
            shapes.Where(entry => wanted.Contains(entry.Name) || !IsOnRequest(entry.Name))
                .GroupBy(entry => HookNames.LayerOf(entry.Name))
                .Max(layer => layer.Sum(Size)));
    }

    /// <summary>Refuses a cache that does not fit.</summary>
    /// <param name="limit">The available bytes; null for three quarters of the machine's memory,
    /// minus the tensors in use.</param>
    /// <param name="remedy">What the caller can do about it.</param>
    /// <exception cref="InvalidOperationException">It needs more; the message names the largest
    /// activations.</exception>
    public void RequireRoom(
        long? limit = null, string remedy = "name fewer activations or give fewer tokens")
    {
        long room = limit
            ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3) - Device.Cpu.BytesInUse;
        if (Bytes + WorkBytes > room)
        {
            IEnumerable<string> costly = Activations.OrderByDescending(Size).Take(Named)
                .Select(entry => $"{entry.Name} {entry.Shape} {Megabytes(Size(entry))}");
            throw new InvalidOperationException(
                $"ActivationCache: the cache needs {Megabytes(Bytes)}, and the run another "
                + $"{Megabytes(WorkBytes)}; there is room for {Megabytes(room)}; the largest are "
                + $"{string.Join(", ", costly)}; {remedy}.");
        }
    }

    /// <summary>Whether a run makes an activation only if it is named.</summary>
    private static bool IsOnRequest(string name) =>
        name.EndsWith("_input", StringComparison.Ordinal)
        || name.EndsWith("hook_attn_scores", StringComparison.Ordinal)
        || name.EndsWith("hook_pattern", StringComparison.Ordinal)
        || name.EndsWith("hook_result", StringComparison.Ordinal);

    private static long Size((string Name, Shape Shape) entry) =>
        entry.Shape.Length * sizeof(float);

    private static string Megabytes(long bytes) => FormattableString.Invariant(
        $"{bytes / 1e6:N1} MB");
}
