using System.Text.Json.Serialization;
using Vitrine.Models;

namespace Vitrine.Interp.Patching;

/// <summary>Which activation is patched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PatchSite>))]
public enum PatchSite
{
    /// <summary>The stream as a layer receives it.</summary>
    [JsonStringEnumMemberName("resid_pre")]
    ResidPre,

    /// <summary>The output of a layer's heads together.</summary>
    [JsonStringEnumMemberName("attn_out")]
    AttnOut,

    /// <summary>A head's mixed values: what it writes, before W_O.</summary>
    [JsonStringEnumMemberName("z")]
    Z,

    /// <summary>A head's queries.</summary>
    [JsonStringEnumMemberName("q")]
    Q,

    /// <summary>A head's keys.</summary>
    [JsonStringEnumMemberName("k")]
    K,

    /// <summary>A head's values.</summary>
    [JsonStringEnumMemberName("v")]
    V,

    /// <summary>A head's attention weights; a position means a query's.</summary>
    [JsonStringEnumMemberName("pattern")]
    Pattern,
}

/// <summary>What one cell of a sweep patches.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PatchScope>))]
public enum PatchScope
{
    /// <summary>One position: cells (layer, position), or (head, position) where the site belongs
    /// to a head.</summary>
    [JsonStringEnumMemberName("position")]
    Position,

    /// <summary>All positions at once: cells (layer, head); for the sites of heads.</summary>
    [JsonStringEnumMemberName("all")]
    AllPositions,
}

/// <summary>The properties of the sites.</summary>
internal static class PatchSites
{
    public static bool IsOfHeads(this PatchSite site) =>
        site is not (PatchSite.ResidPre or PatchSite.AttnOut);

    /// <summary>The activation's name.</summary>
    public static string Hook(this PatchSite site, int layer) => site switch
    {
        PatchSite.ResidPre => HookNames.ResidPre(layer),
        PatchSite.AttnOut => HookNames.AttnOut(layer),
        PatchSite.Z => HookNames.Z(layer),
        PatchSite.Q => HookNames.Q(layer),
        PatchSite.K => HookNames.K(layer),
        PatchSite.V => HookNames.V(layer),
        _ => HookNames.Pattern(layer),
    };

    /// <summary>Whether a patch at a position reaches the last position's logits through later
    /// layers or this layer's keys and values, rather than only through what is written
    /// there.</summary>
    public static bool Reaches(
        this PatchSite site, int layer, int layers, int position, int last) =>
        position == last || layer < layers - 1
        || site is PatchSite.ResidPre or PatchSite.K or PatchSite.V;
}
