using Vitrine.Models;

namespace Vitrine.Interp.Attention;

/// <summary>Looking at attention takes memory that grows with the square of the passage.</summary>
internal static class PatternRoom
{
    /// <summary>Refuses a pass whose scores and patterns would not fit in memory, before it
    /// begins.</summary>
    /// <param name="model">A model with attention layers.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="positions">Tokens in each.</param>
    /// <exception cref="InvalidOperationException">They need more; the message says how
    /// much.</exception>
    public static void RequireRoomForPatterns(this Transformer model, int batch, int positions) =>
        CachePlan.Of(
            model.Config, batch, positions, "blocks.*.attn.hook_attn_scores",
            "blocks.*.attn.hook_pattern").RequireRoom(remedy: "give fewer tokens");
}
