namespace Vitrine.Models.Positions;

/// <summary>A table with a row for each position, made for as many as requested: its size follows
/// the sequences that are run, not the context that a config claims.</summary>
/// <remarks>Grows at least to twice its size. Earlier tables stay valid, since a tape may hold
/// them, and are released with this. Thread-safe.</remarks>
/// <param name="context">The maximum number of positions.</param>
/// <param name="make">Makes a table of that many positions.</param>
internal sealed class GrowingTable<T>(int context, Func<int, T> make) : IDisposable
    where T : class, IDisposable
{
    private const int Fewest = 64;
    private readonly Lock _growing = new();
    private readonly List<T> _made = [];
    private volatile Sized? _largest;

    /// <summary>A table of at least that many positions.</summary>
    public T Of(int positions)
    {
        if (_largest is { } there && there.Positions >= positions)
        {
            return there.Table;
        }

        lock (_growing)
        {
            int have = _largest?.Positions ?? 0;
            if (have < positions)
            {
                int grown = (int)Math.Min(
                    Math.Max(positions, context), Math.Max(Math.Max(2L * have, Fewest), positions));
                T table = make(grown);
                _made.Add(table);
                _largest = new Sized(grown, table);
            }

            return _largest!.Table;
        }
    }

    public void Dispose() => _made.ForEach(table => table.Dispose());

    private sealed record Sized(int Positions, T Table);
}
